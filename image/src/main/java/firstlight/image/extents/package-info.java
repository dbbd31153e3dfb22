/** Which octets of a partition are in use. */
@NullMarked
package firstlight.image.extents;

import org.jspecify.annotations.NullMarked;
