/** Encrypted volumes read and written through their key; image and disk hold them encrypted. */
@NullMarked
package firstlight.image.luks;

import org.jspecify.annotations.NullMarked;
