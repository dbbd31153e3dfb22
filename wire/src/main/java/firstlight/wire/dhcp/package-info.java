/** DHCPv4 with the options of PXE (RFC 2131, 2132, 3004, 3046, 3396, 4578, 5071; PXE 2.1) and iPXE. */
@NullMarked
package firstlight.wire.dhcp;

import org.jspecify.annotations.NullMarked;
