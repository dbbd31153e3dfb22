/** From a manifest and chunks to a disk. */
@NullMarked
package firstlight.image.restore;

import org.jspecify.annotations.NullMarked;
