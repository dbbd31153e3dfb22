/** TFTP packets with options (RFC 1350, 2347, 2348, 2349, 7440, 2090): octets to records and back. */
@NullMarked
package firstlight.wire.tftp;

import org.jspecify.annotations.NullMarked;
