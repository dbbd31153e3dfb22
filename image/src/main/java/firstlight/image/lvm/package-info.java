/** What lies where in LVM2's physical volumes: its metadata read, nothing of it changed. */
@NullMarked
package firstlight.image.lvm;

import org.jspecify.annotations.NullMarked;
