/**
 * What Linux does for us with disks. Block devices and disk files behind the Disk port; any disk lent to the kernel (FUSE, loop
 * devices, mounts) for tools, and the running of those; files of a mounted file system with all that is kept of them (Folder).
 */
@NullMarked
package firstlight.image.disk;

import org.jspecify.annotations.NullMarked;
