/** Where images are kept. */
@NullMarked
package firstlight.image.store;

import org.jspecify.annotations.NullMarked;
