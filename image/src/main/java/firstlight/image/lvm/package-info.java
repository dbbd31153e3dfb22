/** LVM2's physical volumes: what lies where, by their metadata, and metadata for other lengths. */
@NullMarked
package firstlight.image.lvm;

import org.jspecify.annotations.NullMarked;
