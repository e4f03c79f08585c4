using System.Reflection;
using System.Runtime.Loader;
using SharpFuzz;

namespace Fuzz.Tests.Engine;

/// <summary>
/// Loads the product's assemblies once more, with SharpFuzz's counters at every branch, and this assembly with them, so that its targets call
/// the instrumented code. The build's own files stay as they are. What crosses the border are types of the base library.
/// </summary>
internal sealed class InstrumentedCode : AssemblyLoadContext
{
    // YamlDotNet, because what it does not survive, reading a pipeline.yaml does not survive.
    private static readonly string[] _instrumented =
    [
        "Culvert.Wire", "Culvert.Framework", "Culvert.Endpoints", "Culvert.Filter", "Culvert.Engine", "Culvert.Tools", "culvert", "YamlDotNet",
        "ChecksumGuard", "Dscp", "Encrypt", "MssClamp", "Nat", "Plaintext", "Police", "StatefulFilter", "Transport.Tcp", "Transport.Udp", "Tun.Linux",
    ];

    private static readonly string[] _callers = ["Culvert.Testing", "Fuzz.Tests"];
    private static readonly Lazy<InstrumentedCode> _instance = new(() => new InstrumentedCode());

    private readonly Dictionary<string, byte[]> _images = [];

    private InstrumentedCode()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-fuzz-").FullName;
        foreach (var name in _instrumented)
        {
            var copy = Path.Combine(folder, name + ".dll");
            File.Copy(Built(name), copy);
            Fuzzer.Instrument(copy, type => !type.StartsWith('<'), Options.Value);
            _images.Add(name, File.ReadAllBytes(copy));
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>This assembly, calling instrumented code.</summary>
    public static Assembly Targets => _instance.Value.LoadFromAssemblyName(typeof(InstrumentedCode).Assembly.GetName());

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var name = assemblyName.Name!;
        return _images.TryGetValue(name, out var image) ? LoadFromStream(new MemoryStream(image))
            : _callers.Contains(name) ? LoadFromAssemblyPath(Built(name))
            : null;
    }

    private static string Built(string name) => Path.Combine(AppContext.BaseDirectory, name + ".dll");
}
