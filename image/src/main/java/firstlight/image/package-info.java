/** The image data path: partition tables, used extents, chunks, manifests, stores, capture and restore. */
@NullMarked
package firstlight.image;

import org.jspecify.annotations.NullMarked;
