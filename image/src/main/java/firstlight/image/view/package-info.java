/** Disks that are made of other things: of an image's chunks, of a part of another disk, of a disk and what was changed since. */
@NullMarked
package firstlight.image.view;

import org.jspecify.annotations.NullMarked;
