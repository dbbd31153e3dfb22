/** Encrypted volumes read through their key; the image keeps what is on the disk, encrypted. */
@NullMarked
package firstlight.image.luks;

import org.jspecify.annotations.NullMarked;
