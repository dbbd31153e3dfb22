package firstlight.sockets;

import firstlight.model.Bytes;
import java.net.Inet6Address;

/** A received ICMPv6 message. {@code payload} begins with the ICMPv6 type; its checksum was right. */
public record Icmp6Packet(Bytes payload, Inet6Address source, int interfaceIndex, int hopLimit) {}
