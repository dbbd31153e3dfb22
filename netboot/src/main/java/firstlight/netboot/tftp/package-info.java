/** The TFTP server, read only: an engine of pure steps, and loops that own the sockets. See docs/protocol/tftp.md. */
@NullMarked
package firstlight.netboot.tftp;

import org.jspecify.annotations.NullMarked;
