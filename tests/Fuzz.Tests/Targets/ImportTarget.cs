using System.Text;
using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Host.WgQuick;
using Fuzz.Tests.Engine;

namespace Fuzz.Tests.Targets;

/// <summary>A wg-quick file: refused with its line, or the pipeline.yaml that is written of it is YAML of the same stages, whatever the values.</summary>
internal sealed class ImportTarget : FuzzTarget
{
    private const string Key = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=";
    private readonly PipelineLoader _loader = new(new FixedStages(Stages.All));

    public override IEnumerable<byte[]> Seeds => Utf8(
        $"[Interface]\nPrivateKey = {Key}\nListenPort = 51820\nAddress = 10.0.0.1/24, fd00::1/64\nMTU = 1420\n\n[Peer]\nPublicKey = {Key}\nAllowedIPs = 10.0.0.0/8\n",
        $"[Interface]\nPrivateKey={Key}\nTable=off\nFwMark=0x77\nDNS=1.1.1.1\nPostUp=x\n[Peer]\nPublicKey={Key}\nPresharedKey={Key}\nEndpoint=[2001:db8::1]:7\nAllowedIPs=0.0.0.0/0, ::/0\nPersistentKeepalive=25\n",
        "[Interface]\n#x\n[Peer]\n", "[interface]\nA=\n=\n");

    public override IEnumerable<string> Words =>
        ["\n[Interface]\n", "\n[Peer]\n", "PrivateKey=", "PublicKey=", "PresharedKey=", "AllowedIPs=", "Endpoint=", "PersistentKeepalive=", "Address=", "Table=", "FwMark=", "MTU=", Key, "0.0.0.0/0", "'", "\"", "#", ": ", "\u2028", "%", "!"];

    public override void Run(byte[] input)
    {
        var file = WgQuickFile.Parse(Encoding.UTF8.GetString(input).Split('\n'), out var errors);
        if (errors.Count > 0)
        {
            return;
        }

        var writer = new PipelineWriter("wg0", new SecretPlace.Inline());
        var yaml = writer.Write(file);
        if (writer.Errors.Count > 0)
        {
            Assert.All(writer.Errors, error => Assert.DoesNotContain(error, char.IsControl));
            return;
        }

        var loaded = _loader.LoadText(yaml, "pipeline.yaml", "/nowhere");
        Assert.DoesNotContain(loaded.Diagnostics, diagnostic => diagnostic.Code.Title.Contains("YAML", StringComparison.Ordinal));
        Assert.True(loaded.Plan is null || loaded.Plan.Stages.Select(stage => stage.Entry.Type.Name).SequenceEqual(["tun", "mss-clamp", "encrypt", "udp"]), yaml);
    }
}
