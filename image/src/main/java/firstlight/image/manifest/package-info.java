/** What an image is made of, and its immutable file. */
@NullMarked
package firstlight.image.manifest;

import org.jspecify.annotations.NullMarked;
