/** Files whose content an image does without. */
@NullMarked
package firstlight.image.leftout;

import org.jspecify.annotations.NullMarked;
