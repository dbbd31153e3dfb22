/** Block devices and disk files behind the Disk port. */
@NullMarked
package firstlight.image.disk;

import org.jspecify.annotations.NullMarked;
