package io.dotp.nat.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dotp.config.RouteId;
import io.dotp.config.Routes;
import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import org.junit.jupiter.api.Test;

/** Both sides of the table. */
class MappingTableTest {
  private static final RouteId OTHER = Routes.id(1);

  private final MappingTable table = new MappingTable();
  private final MappingTable.Writer writer = table.writer();
  private final IpAddress real = IpAddress.ofIpv4(7);
  private final Mapping mapping = new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(1), real);
  private final Mapping second = new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(2), real);

  @Test
  void publish_mapping_isFoundFromBothSidesOfItsRoute() {
    writer.publish(mapping);

    assertThat(table.byFake(mapping.fake())).isSameAs(mapping);
    assertThat(table.byReal(RouteId.DEFAULT, real)).isSameAs(mapping);
    assertThat(table.byReal(OTHER, real)).isNull();
    assertThat(table.byReal(Routes.id(2), real)).isNull();
    assertThat(table.size(Family.IPV4)).isEqualTo(1);
    assertThat(table.size(Family.IPV6)).isZero();
  }

  @Test
  void publishFake_secondFake_leavesTheOwner() {
    writer.publish(mapping);
    writer.publishFake(second);

    writer.unpublish(second);

    assertThat(table.byReal(RouteId.DEFAULT, real)).isSameAs(mapping);
    assertThat(table.byFake(second.fake())).isNull();
    assertThat(table.size(Family.IPV4)).isEqualTo(1);
  }

  @Test
  void unpublish_owner_leavesTheSecondFake() {
    writer.publish(mapping);
    writer.publishFake(second);

    writer.unpublish(mapping);

    assertThat(table.byReal(RouteId.DEFAULT, real)).isNull();
    assertThat(table.byFake(second.fake())).isSameAs(second);
  }

  @Test
  void publish_again_countsOnce() {
    writer.publish(mapping);
    writer.publish(mapping);
    writer.unpublish(mapping);
    writer.unpublish(mapping);

    assertThat(table.size(Family.IPV4)).isZero();
  }

  @Test
  void writer_askedForTwice_isABug() {
    assertThatThrownBy(table::writer).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void byOwner_nameWithItsOwnFake_isFoundByNameAndAddressOnly() {
    DomainName name = DomainName.parse("a.example");
    Mapping named = new Mapping(RouteId.DEFAULT, IpAddress.ofIpv4(77), name, real);
    writer.publish(named);

    assertThat(table.byOwner(RouteId.DEFAULT, DomainName.parse("A.EXAMPLE"), real)).isSameAs(named);
    assertThat(table.byOwner(RouteId.DEFAULT, DomainName.parse("b.example"), real)).isNull();
    assertThat(table.byOwner(OTHER, name, real)).isNull();
    assertThat(table.byReal(RouteId.DEFAULT, real)).isNotSameAs(named);
    writer.unpublish(named);
    assertThat(table.byOwner(RouteId.DEFAULT, name, real)).isNull();
    assertThat(table.byFake(named.fake())).isNull();
  }
}
