using System.Diagnostics;
using System.Text.Json.Nodes;
using VerifyXunit;

namespace EndToEnd.Tests.Commands;

/// <summary>The commands that open nothing, as a person or a script runs them: what goes where, and the exit code.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Plain = """
        stages:
          - {stage: tun, device: culvert0, addresses: [10.99.0.1/30], mtu: 1400}
          - {stage: mss-clamp}
          - {stage: plaintext}
          - {stage: udp, listen: "0.0.0.0:7000", peer: "203.0.113.7:7000"}

        """;

    private const string Wrong = """
        stages:
          - {stage: tun, device: culvert0}
          - {stage: plaintext}
          - {stage: mss-clamp, derection: both}
          - {stage: udp}

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-commands-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Check_prints_the_chain()
    {
        using var check = Culvert(Plain, "check");

        Assert.Equal((0, ""), (check.WaitForExit(), check.Error));
        await Verifier.Verify(check.Output);
    }

    [Fact]
    public async Task Check_prints_every_mistake_to_standard_error()
    {
        using var check = Culvert(Wrong, "check", "pipeline.yaml");

        Assert.Equal((2, ""), (check.WaitForExit(), check.Output));
        await Verifier.Verify(check.Error);
    }

    [Fact]
    public async Task Check_prints_the_chain_as_JSON()
    {
        using var check = Culvert(Plain, "check", "--format", "json");

        Assert.Equal((0, ""), (check.WaitForExit(), check.Error));
        Assert.True(JsonNode.Parse(check.Output)!["valid"]!.GetValue<bool>());
        await Verifier.Verify(check.Output);
    }

    [Fact]
    public async Task Check_prints_mistakes_as_JSON()
    {
        using var check = Culvert(Wrong, "check", "--format", "json");

        Assert.Equal((2, ""), (check.WaitForExit(), check.Error));
        Assert.False(JsonNode.Parse(check.Output)!["valid"]!.GetValue<bool>());
        await Verifier.Verify(check.Output);
    }

    [Fact]
    public void Check_without_a_file_looks_for_pipeline_yaml()
    {
        using var check = Culvert(null, "check");

        Assert.Equal(2, check.WaitForExit());
        Assert.StartsWith("pipeline.yaml: error CV1001: ", check.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stages_lists_what_there_is()
    {
        using var stages = Culvert(null, "stages");

        Assert.Equal((0, ""), (stages.WaitForExit(), stages.Error));
        await Verifier.Verify(stages.Output);
    }

    [Theory]
    [InlineData("tun")]
    [InlineData("mss-clamp")]
    [InlineData("checksum-guard")]
    [InlineData("encrypt")]
    [InlineData("plaintext")]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task Stages_shows_a_stage_with_its_keys(string stage)
    {
        using var stages = Culvert(null, "stages", stage);

        Assert.Equal((0, ""), (stages.WaitForExit(), stages.Error));
        await Verifier.Verify(stages.Output).UseMethodName("Stages").UseTextForParameters(stage);
    }

    [Fact]
    public void Stages_refuses_an_unknown_word()
    {
        using var stages = Culvert(null, "stages", "mss-clam");

        Assert.Equal((2, ""), (stages.WaitForExit(), stages.Output));
        Assert.Equal("error CV1201: there is no stage 'mss-clam'; did you mean 'mss-clamp'?\n", stages.Error);
    }

    [Fact]
    public void The_schema_describes_every_stage()
    {
        using var schema = Culvert(null, "schema");

        Assert.Equal((0, ""), (schema.WaitForExit(), schema.Error));
        var entries = JsonNode.Parse(schema.Output)!["properties"]!["stages"]!["items"]!["oneOf"]!.AsArray();
        Assert.Equal(
            ["capture", "checksum-guard", "dscp", "encrypt", "filter", "mss-clamp", "nat", "plaintext", "police", "tcp", "tun", "udp"],
            entries.Select(entry => entry!["properties"]!["stage"]!["const"]!.GetValue<string>()));
    }

    [Fact]
    public void A_plugin_path_that_does_not_exist_is_wrong_input()
    {
        using var stages = Culvert(null, "stages", "--plugin-path", "nowhere");

        Assert.Equal((2, ""), (stages.WaitForExit(), stages.Output));
        Assert.Contains("error CV1206", stages.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chekc")]
    [InlineData("check", "--format", "xml")]
    [InlineData("check", "a.yaml", "b.yaml")]
    [InlineData]
    public void A_wrong_command_line_is_told_on_standard_error(params string[] arguments)
    {
        using var wrong = Culvert(null, arguments);

        Assert.Equal((2, ""), (wrong.WaitForExit(), wrong.Output));
        Assert.NotEqual("", wrong.Error);
    }

    [Fact]
    public void A_generated_key_has_a_public_key()
    {
        using var keygen = Culvert(null, "keygen");
        Assert.Equal(0, keygen.WaitForExit());
        Assert.Matches("^[A-Za-z0-9+/]{43}=\n$", keygen.Output);

        Assert.Matches("^[A-Za-z0-9+/]{43}=\n$", PublicKey(keygen.Output).Succeeded());
    }

    [Fact]
    public void The_public_key_is_the_one_of_RFC_7748() =>
        Assert.Equal(
            Base64("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f") + "\n",
            PublicKey(Base64("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")).Output);

    [Theory]
    [InlineData("")]
    [InlineData("not base64 at all")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=")]
    [InlineData("c2hvcnQ=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_key_is_refused_without_being_shown(string input)
    {
        var result = PublicKey(input);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: standard input has no private key", result.Error, StringComparison.Ordinal);
        Assert.True(input.Length == 0 || !result.Error.Contains(input, StringComparison.Ordinal));
    }

    private static string Base64(string hex) => Convert.ToBase64String(Convert.FromHexString(hex));

    private static Culvert.Tests.Support.CommandResult PublicKey(string input)
    {
        using var process = Process.Start(CulvertProgram.StartInfo("pubkey"))!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new("culvert pubkey", process.ExitCode, output, error);
    }

    private RunningProgram Culvert(string? file, params string[] arguments)
    {
        if (file is not null)
        {
            File.WriteAllText(Path.Combine(_folder.FullName, "pipeline.yaml"), file);
        }

        var start = CulvertProgram.StartInfo(arguments);
        start.WorkingDirectory = _folder.FullName;
        return new RunningProgram(Process.Start(start)!);
    }
}
