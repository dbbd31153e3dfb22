/** Other servers: images pulled from them by hash, when they are wanted, by themselves, or to heal what is damaged here. */
@NullMarked
package firstlight.server.sites;

import org.jspecify.annotations.NullMarked;
