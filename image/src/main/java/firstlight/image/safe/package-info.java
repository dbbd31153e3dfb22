/** Image-safe data: what of a PC survives its re-imaging, on its disk outside all partitions (docs/format/image-safe-data.md). */
@NullMarked
package firstlight.image.safe;

import org.jspecify.annotations.NullMarked;
