using VerifyXunit;

namespace Engine.Tests.Configuration;

/// <summary>The text of every mistake that a file can hold, as a person sees it.</summary>
public sealed class DiagnosticTextTests
{
    private static readonly Dictionary<string, string> Cases = new()
    {
        ["empty"] = "",
        ["only-comments"] = "# nothing here\n\n",
        ["only-null"] = "---\n~\n",
        ["scalar"] = "hello\n",
        ["list"] = "- stage: tun\n",
        ["not-yaml"] = "stages: [tun, udp\nlanes: 1\n",
        ["not-yaml-quote"] = "stages:\n  - stage: \"tun\n    device: a\n",
        ["tab"] = "stages:\n  - stage: tun\n\tdevice: culvert0\n",
        ["tab-in-list"] = "stages:\n\t- stage: tun\n",
        ["two-documents"] = Yaml.Good + "---\n" + Yaml.Good,
        ["alias-without-anchor"] = "stages: *nowhere\n",
        ["tags"] = "batch: !!binary dDA=\nstages: !list\n  - stage: !include /etc/passwd\n  - {stage: ! net}\n",
        ["invisible"] = "batch: _10\nbusy-poll: 1\u200bus\nlane\u200fs: 2\nlanes: +5\nstages:\n  - {stage: t\u2060un}\n",
        ["numbers"] = "batch: 1__0\npeer-metrics: 10_\nstages:\n  - {stage: mss-clamp, id: 0x1}\n",
        ["merge-key"] = "stages:\n  - &first {stage: mss-clamp}\n  - {<<: *first, stage: mss-clamp}\n",
        ["deep"] = "stages: " + new string('[', 100) + new string(']', 100) + "\n",
        ["no-stages-key"] = "lanes: 1\n",
        ["misspelt-stages"] = "stagse:\n  - stage: tun\n",
        ["stages-is-text"] = "stages: tun\n",
        ["stages-is-empty"] = "stages: []\n",
        ["entry-is-text"] = "stages:\n  - tun\n  - stage: udp\n",
        ["entry-without-stage"] = "stages:\n  - device: culvert0\n",
        ["unknown-stage"] = Yaml.Good.Replace("mss-clamp", "mss-clmap", StringComparison.Ordinal),
        ["unknown-stage-far"] = Yaml.Good.Replace("mss-clamp", "firewall", StringComparison.Ordinal),
        ["unknown-key"] = Yaml.Good.Replace("device: culvert0", "device: culvert0\n    adresses: [10.0.0.1/24]", StringComparison.Ordinal),
        ["unknown-key-in-file"] = "lane: 2\n" + Yaml.Good,
        ["unknown-key-snake-case"] = "stages:\n  - {stage: tun, device: a}\n  - {stage: plaintext}\n  - {stage: udp, path_mtu: 1400}\n",
        ["duplicate-key"] = Yaml.Good.Replace("device: culvert0", "device: culvert0\n    device: culvert1", StringComparison.Ordinal),
        ["duplicate-stages"] = Yaml.Good + Yaml.Good,
        ["missing-required"] = Yaml.Good.Replace("device: culvert0", "mtu: 1400", StringComparison.Ordinal),
        ["empty-value"] = Yaml.Good.Replace("device: culvert0", "device:", StringComparison.Ordinal),
        ["wrong-types"] = """
            lanes: many
            batch: 1.5
            inspect: 1000
            plugin-paths: ../plugins
            metrics: 9100
            stages:
              - stage: tun
                device: [a, b]
                addresses: [10.99.0.1, fd99::1, 10.99.0.300/24, "fd99::1/129"]
                routes: [10.80.0.5/16, nowhere]
                mtu: big
              - stage: mss-clamp
                direction: outbond
                insert-missing: yes
              - stage: encrypt
                peers:
                  - {public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, endpoint: 203.0.113.7, keepalive: 25}
                  - {endpoint: "2001:db8::1", allowed-ips: 10.0.0.0/8}
                  - everything
              - stage: udp
                listen: 51820
                buffer: 4MegaBytes

            """,
        ["out-of-range"] = """
            batch: 0
            inspect: {every: 0}
            stages:
              - {stage: tun, device: a, mtu: 67}
              - stage: encrypt
                private-key-file: /dev/null
                peers:
                  - {public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=, keepalive: 500ms}
              - {stage: udp, path-mtu: 70000, buffer: 1KiB}

            """,
        ["stage-rules"] = """
            stages:
              - {stage: tun, device: a}
              - stage: encrypt
                peers:
                  - public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                    allowed-ips: [10.0.0.0/8]
                  - public-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
                    allowed-ips:
                      - 10.0.0.0/8
                      - 0.0.0.0/0
              - {stage: udp}

            """,
        ["plan-rule"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: mss-clamp, id: first}
              - stage: mss-clamp
                needs-mtu: 9000
              - {stage: plaintext}
              - {stage: udp}

            """,
        ["duplicate-id"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: mss-clamp, id: clamp}
              - {stage: mss-clamp, id: clamp}
              - {stage: plaintext, id: "a b"}
              - {stage: udp}

            """,
        ["bad-entry-keys"] = """
            stages:
              - {stage: tun, device: a, on-fault: retry}
              - {stage: mss-clamp, enabled: "no"}
              - {stage: plaintext, on-fault: bypass}
              - {stage: udp}

            """,
        ["cannot-bypass"] = Yaml.Good.Replace("stage: plaintext", "stage: plaintext\n    on-fault: bypass", StringComparison.Ordinal),
        ["conditions"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: mss-clamp, when: tcp prot 80}
              - {stage: mss-clamp, when: ""}
              - stage: mss-clamp
                when: [tcp, udp]
              - {stage: plaintext}
              - {stage: udp}

            """,
        ["cannot-pass-by"] = """
            stages:
              - {stage: tun, device: a, when: tcp}
              - {stage: mss-clamp, when: tcp port 80}
              - {stage: plaintext, when: tcp}
              - {stage: udp}

            """,
        ["stage-threw"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: moody, throw: validate}
              - {stage: moody, throw: shape}
              - {stage: plaintext}
              - {stage: udp}

            """,
        ["stage-threw-for-its-shape"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: moody, throw: shape}
              - {stage: plaintext}
              - {stage: udp}

            """,
        ["bad-shapes"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: moody, kind: null}
              - {stage: moody, kind: negative}
              - {stage: moody, kind: huge}
              - {stage: moody, kind: facts}
              - {stage: moody, kind: endpoint}
              - {stage: plaintext}
              - {stage: udp}

            """.Replace("kind: null", "kind: \"null\"", StringComparison.Ordinal),
        ["stage-threw-at-values"] = """
            stages:
              - {stage: tun, device: a}
              - {stage: moody, setter: soap, value: soup, password: hunter2}
              - {stage: plaintext}
              - {stage: udp}

            """,
        ["everything-at-once"] = """
            stages:
              - {stage: tun, device: a, colour: red}
              - {stage: plaintext}
              - {stage: mss-clamp, direction: sideways}
              - {stage: udp, path-mtu: 10}
              - {stage: udpp}
            lanes: 0

            """,
        ["several-mistakes-and-the-order"] = """
            stages:
              - {stage: tun, device: a, colour: red}
              - {stage: plaintext}
              - {stage: mss-clamp, direction: sideways}
              - {stage: udp}

            """,
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Diagnostics_read_well(string name)
    {
        var loaded = Yaml.Load(Cases[name]);

        Assert.False(loaded.IsValid);
        Assert.Null(loaded.File);
        await Verifier.Verify(Yaml.Diagnostics(loaded)).UseTypeName("Diagnostics").UseMethodName("of").UseTextForParameters(name);
    }
}
