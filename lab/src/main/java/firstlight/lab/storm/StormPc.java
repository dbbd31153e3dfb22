package firstlight.lab.storm;

import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.wire.work.Hello;
import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import firstlight.wire.work.WorkCodec;
import firstlight.wire.work.WorkOrder;
import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One PC from power-on until its inventory is done: firmware, preboot client and engine. Owned by its own thread. */
final class StormPc {
    /** With twelve boots, of a few seconds each, it has outlived the server that was killed; then it is told as not done. */
    private static final int MOST_BOOTS = 12;
    /** Firmware waits 4, 8, 16 and 32 s; the storm should not last that long. */
    private static final int[] PATIENCE_MILLIS = {1_000, 2_000, 4_000};
    /** A PC that hears two servers takes either. */
    private static final int MORE_OFFERS_MILLIS = 50;

    /** Long enough for a server to be killed in the middle of some PCs' work. */
    private static final int WORK_MILLIS = 300;

    private static final int POWER_ON_SELF_TEST_MILLIS = 700;

    private final Hardware hardware;
    private final Card card;
    private final Servers servers;
    private final Random dice;
    private final Set<Long> begun = new HashSet<>();
    private int boots;
    private int repeats;
    /** How it ended; empty while it goes on. {@code trouble} is why its last boot came to nothing. */
    private String end = "";

    private String trouble = "";

    /** @param known it is registered, and its work assigned; the others are new, and get theirs by a rule */
    record Hardware(int number, boolean known) {
        MacAddress mac() {
            return new MacAddress(0x5254_0077_0000L + number);
        }

        String uuid() {
            return String.format(Locale.ROOT, "4f34e6b0-c1d2-4aa3-8bb5-%012x", number);
        }

        /** The first three parts are little-endian there. */
        Bytes uuidOnTheWire() {
            return Bytes.ofHex("b0e6344fd2c1a34a8bb5" + uuid().substring(24));
        }

        String maker() {
            return known ? "Known" : "Newcomer";
        }

        Facts preboot() {
            return Facts.NONE
                    .with(FactName.MAC, mac().toString())
                    .with(FactName.UUID, uuid())
                    .with(FactName.SERIAL, "STORM" + number)
                    .with(FactName.MANUFACTURER, maker())
                    .with(FactName.MODEL, "Storm PC")
                    .with(FactName.FIRMWARE, "uefi");
        }

        Facts full() {
            return preboot()
                    .with(FactName.MEMORY_MIB, "8192")
                    .with(FactName.DISK, "sda 256060514304 DISK" + number + " Solid State Disk");
        }

        String question() {
            return "/preboot?mac=" + mac() + "&uuid=" + uuid() + "&serial=STORM" + number + "&manufacturer=" + maker()
                    + "&product=Storm%20PC&platform=efi&buildarch=x86_64";
        }
    }

    StormPc(Hardware hardware, Card card, Servers servers) {
        this.hardware = hardware;
        this.card = card;
        this.servers = servers;
        this.dice = new Random(hardware.number());
    }

    Hardware hardware() {
        return hardware;
    }

    /** Transactions in which it was told to begin its work. */
    Set<Long> begun() {
        return begun;
    }

    int boots() {
        return boots;
    }

    /** How often it asked again because nobody answered. */
    int repeats() {
        return repeats;
    }

    /** Whether its server took its result, or told it at a later boot that nothing is left to do. */
    boolean isDone() {
        return !end.isEmpty();
    }

    String words() {
        return hardware.mac() + ": " + (isDone() ? end : "not done after " + boots + " boots: " + trouble);
    }

    void run() throws InterruptedException {
        while (!isDone() && boots < MOST_BOOTS) {
            boots++;
            try {
                boot();
            } catch (IOException | MalformedMessage gone) {
                trouble = gone.toString();
                System.err.println(hardware.mac() + " boots again: " + gone);
            }
            if (!isDone()) {
                Thread.sleep(POWER_ON_SELF_TEST_MILLIS + dice.nextInt(300));
            }
        }
    }

    /** What an IOException ends is a boot that came to nothing: the PC is switched on again, as a person would. */
    private void boot() throws IOException, MalformedMessage, InterruptedException {
        Card.Offer offer = offer();
        if (!offer.boots()) {
            localDisk();
            return;
        }
        Optional<CommandLine> line =
                CommandLine.in(servers.script(URI.create("http://" + offer.server() + ":8080" + hardware.question())));
        if (line.isEmpty()) {
            localDisk();
            return;
        }
        byte[] hello = WorkCodec.encode(new Hello("storm", hardware.full()));
        switch (WorkCodec.decodeWorkOrder(servers.engine(line.get(), "/engine/hello", hello))) {
            case WorkOrder.Inventory(WorkOrder.Heading heading) -> {
                begun.add(heading.transaction());
                servers.engine(line.get(), "/engine/progress", WorkCodec.encode(new Progress("looking", 0, 0, 0, "")));
                Thread.sleep(WORK_MILLIS);
                servers.engine(line.get(), "/engine/result", WorkCodec.encode((Result) new Result.Done("looked at")));
                end = "done in transaction " + heading.transaction();
            }
            case WorkOrder.NoWork _ -> localDisk();
            case WorkOrder other -> throw new IOException("not its work: " + other);
        }
    }

    /** Right only for a PC whose last result was taken, and whose server died before it could say so. */
    private void localDisk() throws IOException {
        if (begun.isEmpty()) {
            throw new IOException("sent to its local disk without its work");
        }
        end = "done; the answer to its result was lost";
    }

    /** The first offer, or the second that comes soon: PCs spread over both servers. No offer at all is an IOException. */
    private Card.Offer offer() throws IOException, InterruptedException {
        int transactionId = dice.nextInt();
        try {
            for (int patience : PATIENCE_MILLIS) {
                BlockingQueue<Card.Offer> offers = card.discover(hardware, transactionId);
                Card.Offer first = offers.poll(patience, TimeUnit.MILLISECONDS);
                if (first != null) {
                    Card.Offer second = offers.poll(MORE_OFFERS_MILLIS, TimeUnit.MILLISECONDS);
                    return second != null && dice.nextBoolean() ? second : first;
                }
                repeats++;
            }
            throw new IOException("nobody makes an offer");
        } finally {
            card.forget(transactionId);
        }
    }
}
