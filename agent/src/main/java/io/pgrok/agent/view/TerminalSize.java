package io.pgrok.agent.view;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/**
 * Columns and rows of the terminal that standard output is.
 *
 * @param columns 1 and more
 * @param rows 1 and more
 */
record TerminalSize(int columns, int rows) {

  /** What every terminal has at least shown since there are any. */
  static final TerminalSize USUAL = new TerminalSize(80, 24);

  private static final int STDOUT = 1;
  private static final long TIOCGWINSZ_LINUX = 0x5413;
  private static final long TIOCGWINSZ_BSD = 0x40087468;

  /** Asks the terminal each time, so that a window that is resized is noticed. */
  static Supplier<TerminalSize> ofTerminal() {
    String system = System.getProperty("os.name", "");
    if (!system.equals("Linux") && !system.startsWith("Mac")) {
      return () -> USUAL;
    }
    long request = system.equals("Linux") ? TIOCGWINSZ_LINUX : TIOCGWINSZ_BSD;
    Linker linker = Linker.nativeLinker();
    MethodHandle ioctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("ioctl"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            Linker.Option.firstVariadicArg(2));
    return () -> ask(ioctl, request);
  }

  private static TerminalSize ask(MethodHandle ioctl, long request) {
    try (Arena arena = Arena.ofConfined()) {
      // struct winsize: rows, columns, and two fields that nobody fills in.
      MemorySegment size = arena.allocate(8, 2);
      int failed = (int) ioctl.invokeExact(STDOUT, request, size);
      int rows = Short.toUnsignedInt(size.get(JAVA_SHORT, 0));
      int columns = Short.toUnsignedInt(size.get(JAVA_SHORT, 2));
      return failed != 0 || rows == 0 || columns == 0 ? USUAL : new TerminalSize(columns, rows);
    } catch (Throwable e) {
      throw new LinkageError("ioctl", e);
    }
  }
}
