/** The care of the image store: long work on images, and what is done every night. */
@NullMarked
package firstlight.server.images;

import org.jspecify.annotations.NullMarked;
