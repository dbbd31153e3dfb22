/** Datagram sockets with what java.net leaves out: devices, packet information, segmentation offload, raw ICMPv6. Linux only. */
@NullMarked
package firstlight.sockets;

import org.jspecify.annotations.NullMarked;
