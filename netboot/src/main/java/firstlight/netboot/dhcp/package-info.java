/** Proxy DHCP: tells PXE and HTTP Boot clients where to boot from, beside a DHCP server that is somebody else's. */
@NullMarked
package firstlight.netboot.dhcp;

import org.jspecify.annotations.NullMarked;
