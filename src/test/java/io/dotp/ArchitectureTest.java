package io.dotp;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The walls: who may use whom, and which library stays in which fence. */
@AnalyzeClasses(packages = "io.dotp", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final Set<String> LEAVES = Set.of("ip", "name", "metrics", "config");
  private static final Map<String, Set<String>> MAY_USE = new TreeMap<>();

  static {
    may("", "cli");
    may("control", "net");
    may("cli", "config", "daemon", "ip", "name", "nat.nft", "net");
    may(
        "daemon",
        "control",
        "lists.fetch",
        "dns.hosts",
        "dns.resolver",
        "dns.server",
        "dns.upstream",
        "ip",
        "lists",
        "name",
        "nat",
        "nat.journal",
        "nat.mapping",
        "nat.nft",
        "nat.usage",
        "net",
        "policy");
    may("dns.server", "name", "dns.message", "dns.resolver", "ip", "net");
    may(
        "dns.resolver",
        "name",
        "dns.hosts",
        "dns.message",
        "dns.upstream",
        "ip",
        "nat",
        "nat.mapping",
        "policy");
    may("dns.upstream", "name", "dns.message", "ip", "net");
    may("dns.message", "name", "ip");
    may("dns.hosts", "name", "ip");
    may("nat", "ip", "name", "nat.journal", "nat.mapping", "nat.nft", "nat.usage");
    may("nat.journal", "ip", "name");
    may("nat.mapping", "ip", "name");
    may("nat.nft", "ip", "netlink");
    may("nat.usage", "ip", "netlink");
    may("lists.fetch", "dns.upstream", "name");
    may("lists", "ip", "name", "policy");
    may("policy", "ip", "name");
    may("net", "ip", "netlink");
    may("netlink");
    may("config", "ip", "name");
    may("name");
    may("metrics");
    may("ip");
  }

  private static void may(String user, String... used) {
    Set<String> allowed = new HashSet<>(List.of(used));
    if (!LEAVES.contains(user)) {
      allowed.addAll(List.of("config", "metrics"));
    }
    MAY_USE.put(user, allowed);
  }

  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.equals("io.dotp") ? "" : name.substring("io.dotp.".length());
  }

  @ArchTest
  static void packages_useOnlyWhatTheTableAllows(JavaClasses types) {
    classes()
        .should(
            new ArchCondition<JavaClass>("use only the packages that the table allows") {
              @Override
              public void check(JavaClass type, ConditionEvents events) {
                checkUses(type, events);
              }
            })
        .check(types);
  }

  private static void checkUses(JavaClass type, ConditionEvents events) {
    Set<String> allowed = MAY_USE.get(packageOf(type));
    if (allowed == null) {
      events.add(
          SimpleConditionEvent.violated(
              type, "package not in the table: " + type.getPackageName()));
      return;
    }
    type.getDirectDependenciesFromSelf().stream()
        .filter(use -> use.getTargetClass().getPackageName().startsWith("io.dotp"))
        .filter(use -> !packageOf(use.getTargetClass()).equals(packageOf(type)))
        .filter(use -> !allowed.contains(packageOf(use.getTargetClass())))
        .forEach(use -> events.add(SimpleConditionEvent.violated(type, use.getDescription())));
  }

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("io.dotp.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule names_sayWhatTheThingIs =
      noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl|Misc|Common)$");

  @ArchTest
  static final ArchRule wholeConfig_isForTheCompositionRoot =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.dotp.daemon", "io.dotp.cli", "io.dotp.config")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.dotp.config.Config");

  @ArchTest
  static final ArchRule channels_stayInTheirFence =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.dotp.control..",
              "io.dotp.lists.fetch..",
              "io.dotp.net..",
              "io.dotp.dns.server..",
              "io.dotp.dns.upstream..",
              "io.dotp.daemon..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.netty.channel..",
              "io.netty.bootstrap..",
              "io.netty.handler.codec",
              "io.netty.handler.timeout..",
              "io.netty.handler.ssl..",
              "io.netty.util.concurrent..");

  @ArchTest
  static final ArchRule nativeCalls_stayInTheirFence =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.dotp.nat.nft", "io.dotp.net", "io.dotp.netlink")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("jnr..", "com.kenai.jffi..");

  @ArchTest
  static final ArchRule dnsjava_staysInTheDnsPillar =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.dotp.dns..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.xbill.DNS..");

  @ArchTest
  static final ArchRule clocks_areParameters =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.dotp.daemon")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould(callMethodWhere(describe("sleep", ArchitectureTest::isSleep)));

  private static boolean isSleep(JavaMethodCall call) {
    return call.getTarget().getOwner().isEquivalentTo(Thread.class)
        && call.getName().equals("sleep");
  }

  @ArchTest
  static final ArchRule commits_areTheWritersBusiness =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.dotp.nat", "io.dotp.nat.nft")
          .should(
              callMethodWhere(
                  describe(
                      "Nftables.commit",
                      call ->
                          call.getTarget().getOwner().getSimpleName().equals("Nftables")
                              && call.getName().equals("commit"))));

  @ArchTest
  static final ArchRule loops_neverWait =
      noClasses()
          .that()
          .resideInAnyPackage("io.dotp.dns..", "io.dotp.policy", "io.dotp.nat.mapping")
          .and()
          // Binds, drains and closes: called by the main thread, never by a loop.
          .doNotHaveFullyQualifiedName("io.dotp.dns.server.DnsServer")
          .should(callMethodWhere(describe("a wait", ArchitectureTest::waits)));

  private static boolean waits(JavaMethodCall call) {
    boolean waiter =
        resideInAnyPackage(
                "java.util.concurrent..", "io.netty.util.concurrent..", "io.netty.channel..")
            .test(call.getTargetOwner());
    return waiter
        && Set.of("join", "sync", "await", "syncUninterruptibly", "awaitUninterruptibly")
            .contains(call.getName());
  }

  @ArchTest
  static final ArchRule interfaces_haveTwoImplementations =
      classes()
          .that()
          .areInterfaces()
          .and()
          .areTopLevelClasses()
          .and()
          .areNotAnnotations()
          .should(
              new ArchCondition<JavaClass>("have at least two implementations in main") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  long concrete =
                      type.getAllSubclasses().stream()
                          .filter(sub -> !sub.getModifiers().contains(JavaModifier.ABSTRACT))
                          .count();
                  boolean nativeLibrary = type.getSimpleName().endsWith("Library");
                  if (concrete < 2
                      && !nativeLibrary
                      && !type.getSimpleName().equals("package-info")) {
                    events.add(
                        SimpleConditionEvent.violated(type, type.getName() + ": " + concrete));
                  }
                }
              });
}
