/** What is kept: devices, policy, work, sessions, boots and their events, accounts, alarms; and the migrations. Images are in their store (image). */
@NullMarked
package firstlight.database;

import org.jspecify.annotations.NullMarked;
