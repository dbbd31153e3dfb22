package firstlight.lab;

/**
 * Whether a PC stands still because its processor's timer no longer interrupts it. QEMU's emulation (TCG, 7.2) lost such an
 * interrupt in one of many hundred starts of a Linux kernel; a kernel without periodic ticks never asks for another, idles, and says
 * on its console each 21 s that it noticed. Nothing of Firstlight's runs by then.
 */
final class LostTimer {
    /** Of a host that stood still for a while a kernel says it once, and goes on. */
    static final int HOPELESS = 2;

    private static final String WORDS = "Possible timer handling issue on cpu=";

    private int said;

    synchronized void line(String console) {
        if (console.contains("rcu:") && console.contains(WORDS)) {
            said++;
        }
    }

    synchronized boolean hopeless() {
        return said >= HOPELESS;
    }
}
