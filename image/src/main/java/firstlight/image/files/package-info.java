/** Files inside an image, without a restore: volumes by the name that a person gives them, trees, differences. */
@NullMarked
package firstlight.image.files;

import org.jspecify.annotations.NullMarked;
