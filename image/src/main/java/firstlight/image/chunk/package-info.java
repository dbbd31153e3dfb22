/** Chunks: identity, compression, the ports through which they travel, their form on the wire. */
@NullMarked
package firstlight.image.chunk;

import org.jspecify.annotations.NullMarked;
