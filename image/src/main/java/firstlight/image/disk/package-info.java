/**
 * Block devices and disk files behind the Disk port; any disk lent to the kernel (FUSE, loop devices, mounts) for programs that
 * want one, the running of those, and what a mounted tree holds.
 */
@NullMarked
package firstlight.image.disk;

import org.jspecify.annotations.NullMarked;
