/** Disks over the network, as the NBD protocol has them (proto.md of the NBD project). */
@NullMarked
package firstlight.image.nbd;

import org.jspecify.annotations.NullMarked;
