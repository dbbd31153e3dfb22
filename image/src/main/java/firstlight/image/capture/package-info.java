/** From a disk to chunks and a manifest. */
@NullMarked
package firstlight.image.capture;

import org.jspecify.annotations.NullMarked;
