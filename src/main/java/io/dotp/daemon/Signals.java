package io.dotp.daemon;

import java.lang.reflect.Proxy;

/**
 * Unix signals. The JDK has no public way to see SIGUSR1 or to end with status 0 on SIGTERM; {@code
 * sun.misc.Signal} of the module {@code jdk.unsupported} is the accepted one, and is reached by
 * reflection because a direct use is a warning that cannot be silenced.
 */
final class Signals {
  private Signals() {}

  /** Handlers run on a thread of the JVM, one at a time per signal. */
  static void on(String name, Runnable handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handlerType.getClassLoader(),
              new Class<?>[] {handlerType},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.run();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handlerType)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JVM cannot handle SIG" + name, e);
    }
  }
}
