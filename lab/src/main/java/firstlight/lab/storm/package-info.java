/** Many simulated PCs in one process: what runs inside the LAN's namespace. */
@NullMarked
package firstlight.lab.storm;

import org.jspecify.annotations.NullMarked;
