/** Add-on images: made of files, and laid over a mounted system. */
@NullMarked
package firstlight.image.addon;

import org.jspecify.annotations.NullMarked;
