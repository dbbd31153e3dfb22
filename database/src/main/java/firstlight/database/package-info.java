/** The repositories of devices, work, images and events, and their migrations. */
@NullMarked
package firstlight.database;

import org.jspecify.annotations.NullMarked;
