/** Spares iPXE its wait for an IPv6 router on networks that have none. */
@NullMarked
package firstlight.netboot.ra;

import org.jspecify.annotations.NullMarked;
