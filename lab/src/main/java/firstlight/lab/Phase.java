package firstlight.lab;

/** The phases of one boot as docs/transaction-server.md numbers them, and what comes behind them. */
enum Phase {
    ONE_A("1a", "DHCP server and Firstlight each answer the firmware's DISCOVER"),
    ONE_B_A("1b A", "the DHCP server answers and says PXEClient"),
    ONE_B_B("1b B", "the firmware asks again on port 4011 and is told its boot file"),
    TWO("2", "the firmware loads the preboot client"),
    THREE("3", "the preboot client tells its facts and learns the menu setting"),
    FOUR("4", "the preboot client is told of its work"),
    FIVE("5", "the boot loader is loaded"),
    SIX("6", "the boot loader reads its configuration"),
    SEVEN("7", "kernel, initramfs and updates are loaded"),
    EIGHT("8", "the imaging environment runs and the engine does its work"),
    MENU("menu", "the menu shows when its key is pressed"),
    LOCAL("local", "the system on the local disk comes up"),
    CHECK("check", "what must hold afterwards");

    private final String number;
    private final String title;

    Phase(String number, String title) {
        this.number = number;
        this.title = title;
    }

    String number() {
        return number;
    }

    String title() {
        return title;
    }
}
