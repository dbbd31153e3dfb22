/** Making a disk empty, and proving that it is. */
@NullMarked
package firstlight.image.wipe;

import org.jspecify.annotations.NullMarked;
