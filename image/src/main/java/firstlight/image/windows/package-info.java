/** What a Windows remembers of where its partitions lie (BCD and MountedDevices, in hives of its registry), and what it is called. */
@NullMarked
package firstlight.image.windows;

import org.jspecify.annotations.NullMarked;
