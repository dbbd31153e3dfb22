/** What starts by itself: schedules that fire, PCs that are woken for their work. */
@NullMarked
package firstlight.server.work;

import org.jspecify.annotations.NullMarked;
