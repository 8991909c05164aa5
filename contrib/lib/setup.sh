# Shared by contrib/demo, contrib/test: finds or installs what they need, and builds. Sourced by bash.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
PATH=$PATH:/usr/sbin:/sbin

# What is called, and the Debian package that has it.
tools_of_lab=(ip:iproute2 sysctl:procps nft:nftables nsd:nsd dig:dnsutils curl:curl conntrack:conntrack ping:iputils-ping
	python3:python3 unshare:util-linux setpriv:util-linux)
tools_of_tests=(dnsperf:dnsperf ss:iproute2 unbound:unbound dnsmasq:dnsmasq-base
	ldns-signzone:ldnsutils drill:ldnsutils kdig:knot-dnsutils delv:bind9-dnsutils host:bind9-host
	chromium:chromium go:golang-go)
tools_of_build=(javac:openjdk-17-jdk-headless mvn:maven)

complain() {
	echo "$(basename -- "$0"): $*" >&2
}

# install_missing TOOL:PACKAGE...
install_missing() {
	local tool packages=()
	for tool in "$@"; do
		command -v "${tool%%:*}" >/dev/null || packages+=("${tool#*:}")
	done
	# No grep -q: it ends ldconfig by a broken pipe, which pipefail takes for a failure.
	ldconfig -p 2>/dev/null | grep 'libnftables\.so\.1' >/dev/null || packages+=(libnftables1)
	[ ${#packages[@]} = 0 ] && return 0
	mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		complain "missing: ${packages[*]}"
		complain "as root on Debian: apt-get install ${packages[*]}"
		exit 1
	fi
	echo "installing ${packages[*]}"
	apt_install "${packages[@]}"
}

# Without starting the services that come with the packages: the lab runs its servers itself, and a
# DNS server on this machine's port 53 is nobody's wish.
apt_install() {
	local policy=/usr/sbin/policy-rc.d ours= service
	if [ ! -e $policy ]; then
		printf '#!/bin/sh\nexit 101\n' >$policy
		chmod 755 $policy
		ours=yes
	fi
	export DEBIAN_FRONTEND=noninteractive
	local status=0
	apt-get -qq update >/dev/null || true
	apt-get -qq install --no-install-recommends "$@" >/dev/null || status=$?
	[ -z "$ours" ] || rm -f $policy
	if [ -d /run/systemd/system ]; then
		for service in nsd unbound; do
			case " $* " in *" $service "*) systemctl --quiet disable "$service" 2>/dev/null || true ;; esac
		done
	fi
	[ $status = 0 ] || complain "apt-get install $* failed"
	return $status
}

# Builds when the program is absent or older than what it is made of.
build_if_stale() {
	cd "$root"
	if [ -f target/dotp.jar ] && [ -d target/lib ] &&
		[ -z "$(find src/main nft pom.xml -newer target/dotp.jar -print -quit)" ]; then
		return 0
	fi
	echo "building"
	mvn -q -B package -Dmaven.test.skip=true
	"$root/contrib/build/archive" || complain "no class-data archive: dotp works, but starts slower"
}

# True when this user can make a network namespace that works, with the given unshare options.
can_unshare() {
	unshare "$@" sh -c 'mount -t tmpfs tmpfs /run && ip link set lo up && nft list ruleset' >/dev/null 2>&1
}
