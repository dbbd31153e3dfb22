/** What happens in each boot: decisions recorded, events with their phases, one readable line each. */
@NullMarked
package firstlight.server.boots;

import org.jspecify.annotations.NullMarked;
