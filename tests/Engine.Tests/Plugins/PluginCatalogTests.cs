using Culvert.Engine.Loading;
using Culvert.Engine.Plugins;
using Culvert.Filtering;
using Culvert.Stages;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using VerifyXunit;

namespace Engine.Tests.Plugins;

/// <summary>Plugins that are found, named and loaded; and those that cannot be, in words.</summary>
public sealed class PluginCatalogTests : IDisposable
{
    private readonly PluginSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void A_stage_is_known_by_name_while_no_code_is_loaded()
    {
        _site.Add("Marker");
        _site.Add("Clamp", "MssClamp");
        var catalog = _site.Open();

        Assert.Equal(["hop-limit", "mss-clamp"], catalog.StageNames);
        var marker = catalog.Usable.First(pair => pair.Stage.Name == "hop-limit").Stage;
        Assert.Contains("hop limit", marker.Summary, StringComparison.Ordinal);
        Assert.False(marker.IsExperimental);
        Assert.False(_site.IsLoaded("Marker"));

        Assert.NotNull(catalog.Find("hop-limit", null).Type);
        Assert.True(_site.IsLoaded("Marker"));
        Assert.False(_site.IsLoaded("Clamp"), "only the named plugin is loaded");
    }

    [Fact]
    public void A_loaded_stage_is_constructed_with_the_contract_of_this_program()
    {
        _site.Add("Marker");
        var loaded = Load("stages:\n  - {stage: tun, device: a}\n");
        Assert.False(loaded.IsValid);
        var type = _site.Open().Find("hop-limit", null).Type!;
        var options = Activator.CreateInstance(type.OptionsType)!;
        type.OptionsType.GetProperty("Hops")!.SetValue(options, 46);
        using var context = new TestStageContext();
        using var services = new ServiceCollection().BuildServiceProvider();

        var stage = type.Create(options, context, services);
        using var harness = new StageHarness<IPacketStage>(stage, type.Shape(options), context);

        Assert.Equal(46, harness.Outbound(PacketBuilder.Ipv4().Udp().Build()).Single()[8]);
    }

    [Fact]
    public void A_plugin_path_may_be_a_folder_of_folders_a_plugin_folder_or_a_DLL()
    {
        var path = _site.Add("Marker");

        foreach (var named in new[] { _site.Root, _site.Root + "/", Path.GetDirectoryName(path)!, path })
        {
            Assert.Equal("Marker", Assert.Single(PluginSite.Open(named).Usable).Plugin.Folder.Name);
        }

        Assert.Single(PluginSite.Open(_site.Root, path).Usable);
    }

    [Fact]
    public void Two_entries_of_one_stage_load_it_once()
    {
        _site.Add("Marker");
        var catalog = _site.Open();

        Assert.Same(catalog.Find("hop-limit", null).Type, catalog.Find("hop-limit", "Marker").Type);
    }

    [Fact]
    public void The_plugin_key_decides_between_two_plugins_of_one_stage()
    {
        _site.Add("A");
        _site.Add("B");
        var catalog = _site.Open();

        Assert.Equal(
            "CV1203 the plugins A and B all offer a stage 'hop-limit'; say which one: plugin: A or plugin: B", _site.Text(catalog.Find("hop-limit", null)));
        Assert.NotNull(catalog.Find("hop-limit", "B").Type);
        Assert.True(_site.IsLoaded("B"));
        Assert.False(_site.IsLoaded("A"));
    }

    [Theory]
    [InlineData("Marker-1.2", "Marker")]
    [InlineData("Marker-v1.2.0-rc.1", "Marker")]
    [InlineData("marker-1", "Marker")]
    [InlineData("Marker-2x", "Marker-2x")]
    public void A_folder_may_have_a_version_behind_the_name(string folder, string dll)
    {
        var path = _site.AddFile(folder, dll + ".dll", File.ReadAllBytes(PluginSite.Built("HopLimit")));

        foreach (var named in new[] { _site.Root, Path.GetDirectoryName(path)! })
        {
            var (plugin, stage) = Assert.Single(PluginSite.Open(named).Usable);
            Assert.Equal((folder, "hop-limit"), (plugin.Folder.Name, stage.Name));
        }

        Assert.NotNull(_site.Open().Find("hop-limit", folder).Type);
    }

    [Fact]
    public void A_folder_of_DLLs_with_other_names_reports_the_missing_DLL()
    {
        var path = _site.AddFile("other-1.2", "Marker.dll", File.ReadAllBytes(PluginSite.Built("HopLimit")));

        Assert.Contains(
            "its DLL is missing: there is no /plugins/other-1.2/other.dll",
            _site.Text(PluginSite.Open(Path.GetDirectoryName(path)!).Remarks), StringComparison.Ordinal);
    }

    [Fact]
    public void A_DLL_that_the_plugin_needs_and_does_not_bring_is_named()
    {
        // The name of a referenced assembly that no one has.
        _site.Add("Odd", "OddPlugin", PluginSite.Replace(
            "Microsoft.Extensions.DependencyInjection.Abstractions\0", "Microsoft.Extensions.DependencyInjectiom.Abstractions\0"));

        Assert.Equal(
            "CV1204 the plugin 'Odd' cannot be used: Odd.dll needs Microsoft.Extensions.DependencyInjectiom.Abstractions.dll, which is missing; "
                + "copy Microsoft.Extensions.DependencyInjectiom.Abstractions.dll into /plugins/Odd",
            _site.Text(_site.Open().Find("good", null)));
    }

    [Fact]
    public void A_DLL_that_a_library_of_the_plugin_needs_is_named_when_the_build_listed_it()
    {
        byte[] Renamed(string name, string from, string to) => PluginSite.Replace(from + "\0", to + "\0")(File.ReadAllBytes(PluginSite.Built(name)));
        _site.AddFile("Odd", "Odd.dll", Renamed("OddPlugin", "Microsoft.Extensions.DependencyInjection.Abstractions", "Private.Library.That.Is.Brought.By.The.Plugin.Itself_"));
        _site.AddFile("Odd", "Private.Library.That.Is.Brought.By.The.Plugin.Itself_.dll", Renamed("HopLimit", "Culvert.Framework", "Deeper.LibraryXXX"));
        Assert.DoesNotContain("is missing", _site.Text(_site.Open().Find("good", null)), StringComparison.Ordinal);

        _site.AddFile("Odd", "Odd.deps.json", """{ "runtime": { "lib/net10.0/Deeper.LibraryXXX.dll": {} } }"""u8.ToArray());

        Assert.Contains(
            "Private.Library.That.Is.Brought.By.The.Plugin.Itself_.dll needs Deeper.LibraryXXX.dll, which is missing",
            _site.Text(_site.Open().Find("good", null)), StringComparison.Ordinal);
    }

    [Fact]
    public void Hidden_folders_are_not_plugins()
    {
        _site.AddFolder(".git");

        Assert.Empty(_site.Open().Remarks);
    }

    [Fact]
    public async Task Unusable_plugins_report_why()
    {
        _site.Add("NewerMajor", damage: PluginSite.ContractVersion(2, 0));
        _site.Add("NewerMinor", damage: PluginSite.ContractVersion(1, 7));
        _site.Add("MissingMember", damage: PluginSite.Replace("set_HopLimit\0", "set_HopLimiu\0"));
        _site.Add("MissingType", damage: PluginSite.Replace("IpView\0", "IpVieu\0"));
        _site.Add("ForNoSystem", "Tun.Linux", PluginSite.Replace("\u0005linux", "\u0005lunix"));
        _site.Add("WithoutStage", "Culvert.Framework");
        _site.AddBytes("Text", "This is no DLL."u8.ToArray());
        _site.AddBytes("Empty", []);
        _site.AddBytes("Native", File.ReadAllBytes(Environment.ProcessPath!));
        _site.Add("Truncated", damage: content => content[..(content.Length / 2)]);
        _site.AddFolder("NoDll");
        _site.Add("Nameless", "NamelessPlugin");
        _site.Add("BadName", damage: PluginSite.Replace("\u0009hop-limit", "\u0009Hop_Limit"));

        await Verifier.Verify(_site.Text(_site.Open().Remarks));
    }

    [Fact]
    public async Task A_request_for_an_unusable_stage_reports_why()
    {
        _site.Add("NewerMajor", damage: PluginSite.ContractVersion(2, 0));
        _site.Add("ForNoSystem", "Tun.Linux", PluginSite.Replace("\u0005linux", "\u0005lunix"));
        _site.Add("Incomplete", "MssClamp", PluginSite.Replace("get_Mtu\0", "get_Mtv\0"));
        _site.Add("Odd", "OddPlugin");
        _site.Add("Good", "Plaintext");
        var catalog = _site.Open();
        (string Stage, string? Plugin)[] asked =
        [
            ("hop-limit", null), ("hop-limit", "NewerMajor"), ("hop-limit", "NewerMjor"), ("tun", null), ("mss-clamp", null),
            ("plaintxt", null), ("encrypt", "Good"),
            ("no-packet-stage", null), ("positional", null), ("strange", null), ("read-only", null), ("throwing", null),
            ("silent", null), ("unwoken", null), ("misspelt", null), ("async", null), ("two-constructors", null), ("unserved", null), ("no-endpoint", null),
            ("no-registration", null),
        ];

        var text = asked.Select(pair => $"{pair.Stage}, plugin {pair.Plugin ?? "not given"}\n    {_site.Text(catalog.Find(pair.Stage, pair.Plugin))}\n");
        await Verifier.Verify(string.Join("\n", text));
    }

    [Fact]
    public void A_plugin_that_was_blamed_in_an_error_is_not_remarked_on_again()
    {
        _site.Add("NewerMajor", damage: PluginSite.ContractVersion(2, 0));
        var catalog = _site.Open();
        Assert.Single(catalog.Remarks);

        catalog.Find("hop-limit", null);

        Assert.Empty(catalog.Remarks);
    }

    [Fact]
    public void A_plugin_of_the_same_version_is_accepted()
    {
        _site.Add("Same", damage: PluginSite.ContractVersion(1, 0));

        Assert.Empty(_site.Open().Remarks);
    }

    [Fact]
    public void A_stage_beside_broken_ones_works_and_may_implement_the_contract_explicitly()
    {
        _site.Add("Odd", "OddPlugin");

        var type = _site.Open().Find("good", null).Type;

        Assert.NotNull(_site.Open().Find("served", null).Type);
        Assert.Equal(
            ("good", "Is right, and implements the contract explicitly.", true),
            (type?.Name, type?.Summary, type?.IsExperimental));
    }

    [Fact]
    public void A_plugin_gets_the_filter_language_of_this_program()
    {
        _site.Add("Odd", "OddPlugin");

        var type = _site.Open().Find("choosy", null).Type!;
        var loaded = Load($"plugin-paths: [\"{_site.Root}\"]\nstages:\n  - stage: choosy\n    match: tcp and prot 80\n");

        Assert.Equal(typeof(PacketFilter), type.OptionsType.GetProperty("Match")!.PropertyType);
        Assert.Contains(
            "pipeline.yaml(4,12): error CV1104: 'match' is 'tcp and prot 80': 'prot' at character 9: unknown word; did you mean 'port'?",
            loaded.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    [Fact]
    public void No_corruption_makes_the_inspection_throw()
    {
        var content = File.ReadAllBytes(PluginSite.Built("HopLimit"));
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var damaged = round % 3 == 0 ? content[..random.Next(content.Length)] : (byte[])content.Clone();
            for (var change = round % 3 * 8; change > 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            _site.AddBytes("Damaged", damaged);
            _ = _site.Open().Remarks.ToList();
        }
    }

    [Fact]
    public void A_path_that_does_not_exist_is_an_error_at_its_place()
    {
        var loaded = Load($"plugin-paths:\n  - {_site.Root}\n  - {_site.Root}/nowhere\nstages: []\n");

        Assert.Contains(
            "pipeline.yaml(3,5): error CV1206: the plugin path '/plugins/nowhere' does not exist; name a folder of plugin folders, one plugin folder, or a plugin's DLL; a relative path is relative to the file's folder",
            _site.Text(loaded.Diagnostics), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_finds_the_stages_in_its_plugin_paths()
    {
        _site.Add("Marker");

        var loaded = Load($"plugin-paths: [{_site.Root}]\nstages:\n  - {{stage: hop-limit, hops: 999}}\n  - {{stage: hop-limit}}\n");

        Assert.Equal(["CV1105", "CV1103"], loaded.Diagnostics.Select(found => found.Code.Id));
    }

    private static LoadedPipeline Load(string text) => new PipelineLoader(new PluginStore()).LoadText(text, "pipeline.yaml", "/");
}
