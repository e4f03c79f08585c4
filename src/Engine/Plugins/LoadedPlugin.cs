using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
using Culvert.Engine.Guarding;
using Culvert.Filtering;
using Culvert.Stages;
using Culvert.Wire;
using McMaster.NETCore.Plugins.Loader;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Engine.Plugins;

/// <summary>
/// A plugin's code in a load context of its own: what lies in its folder is its own, but the contract, the abstractions in it, the filter
/// language and NSec come from the program. So a packet is the same type on both sides, and libsodium is loaded once. A replaceable plugin is
/// loaded from memory into a context that can be collected; the runtime runs no precompiled code there. Not thread-safe.
/// </summary>
internal sealed class LoadedPlugin
{
    private const string Remedy = "rebuild the plugin for this program, or ask its author";

    // The contract's assemblies and what their signatures refer to; the rest is the base library's.
    private static readonly Type[] SharedTypes =
        [typeof(IPacketStage), typeof(IpView), typeof(PacketFilter), typeof(ILogger), typeof(ActivatorUtilities)];

    // By name, because the engine itself does not use them.
    private static readonly string[] SharedNames = ["NSec.Cryptography"];

    private readonly Dictionary<string, StageType> _types = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly bool _fromMemory;
    private readonly AssemblyLoadContext _context;
    private Assembly? _assembly;

    public LoadedPlugin(PluginInspection found)
    {
        _path = found.Folder.AssemblyPath;
        _fromMemory = found.Folder.Root.IsReplaceable;
        (Name, Version) = (found.Folder.Name, found.Version);
        // Not by PluginLoader: it looks for more folders in the runtimeconfig.json of plugin and program, and to read these loads the JSON
        // serializer and what that needs into every end. A plugin's folder holds all that it brings.
        var builder = new AssemblyLoadContextBuilder()
            .SetMainAssemblyPath(_path)
            .SetDefaultContext(AssemblyLoadContext.GetLoadContext(typeof(LoadedPlugin).Assembly)!)
            .IsLazyLoaded(true);
        if (_fromMemory)
        {
            builder.EnableUnloading().PreloadAssembliesIntoMemory();
        }

        foreach (var type in SharedTypes)
        {
            builder.PreferDefaultLoadContextAssembly(type.Assembly.GetName());
        }

        // The builder loads what is shared at once, so it is shared only with a plugin that uses it, and only when the program has it.
        foreach (var name in SharedNames.Where(name => found.References.Contains(name) && File.Exists(ProgramPath(name))))
        {
            builder.PreferDefaultLoadContextAssembly(AssemblyName.GetAssemblyName(ProgramPath(name)));
        }

        _context = builder.Build();
    }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>The files that it was loaded from.</summary>
    public PluginVersion Version { get; }

    /// <summary>Finds a stage's type.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="limit">The time limit of the plugin's code that runs for it: constructors of options, defaults, registered services.</param>
    /// <param name="type">The type.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryGet(
        StageHeader stage, TimeSpan limit, [NotNullWhen(true)] out StageType? type, [NotNullWhen(false)] out PluginProblem? problem)
    {
        problem = null;
        if (_types.TryGetValue(stage.ClassName, out type))
        {
            return true;
        }

        try
        {
            var stageClass = (_assembly ??= Load()).GetType(stage.ClassName, throwOnError: true)!;
            (type, problem) = PluginGuard.Within(limit, () => Describe(stageClass));
            if (type is not null)
            {
                _types.Add(stage.ClassName, type);
            }

            return type is not null;
        }
        catch (Exception exception)
        {
            // Loading runs the runtime's checks and the constructors of other people's options: anything may come out of it.
            problem = new PluginProblem($"'{stage.Name}' cannot be loaded: {ForeignCode.Message(ForeignCode.Cause(exception))}", Remedy);
            return false;
        }
    }

    /// <summary>Lets the runtime collect its code once nothing uses it any more; only for one from memory.</summary>
    /// <returns>Whether it is still there.</returns>
    public WeakReference Unload()
    {
        _context.Unload();
        return new WeakReference(_context, trackResurrection: true);
    }

    private Assembly Load()
    {
        if (!_fromMemory)
        {
            return _context.LoadFromAssemblyPath(_path);
        }

        var symbols = Path.ChangeExtension(_path, ".pdb");
        using var code = new MemoryStream(File.ReadAllBytes(_path));
        using var debug = File.Exists(symbols) ? new MemoryStream(File.ReadAllBytes(symbols)) : null;
        var assembly = _context.LoadFromStream(code, debug);
        LoadReferences(assembly);
        return assembly;
    }

    // All at once, so that a file that is overwritten later is never mixed with those that are loaded.
    private void LoadReferences(Assembly assembly)
    {
        HashSet<string> seen = [];
        var queue = new Queue<AssemblyName>(assembly.GetReferencedAssemblies());
        while (queue.TryDequeue(out var name))
        {
            if (ReferenceCheck.IsOfProgram(name.Name!) || !seen.Add(name.Name!))
            {
                continue;
            }

            try
            {
                foreach (var next in _context.LoadFromAssemblyName(name).GetReferencedAssemblies())
                {
                    queue.Enqueue(next);
                }
            }
            catch (Exception exception) when (exception is IOException or BadImageFormatException)
            {
                // An optional one; where it is used after all the runtime reports it.
            }
        }
    }

    private static string ProgramPath(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");

    private static (StageType? Type, PluginProblem? Problem) Describe(Type stage)
    {
        var definition = stage.GetInterfaces()
            .First(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IStageDefinition<>));
        if (!typeof(IPacketStage).IsAssignableFrom(stage))
        {
            return (null, new PluginProblem($"{stage.FullName} implements IStageDefinition<> but not IPacketStage", "implement both"));
        }

        try
        {
            var type = typeof(StageType<,>).MakeGenericType(stage, definition.GenericTypeArguments[0]);
            var described = (StageType)Activator.CreateInstance(type)!;
            return Mistake(stage, described.OptionsType) is var (message, remedy) ? (null, new PluginProblem(message, remedy)) : (described, null);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is OptionSchemaException mistake)
        {
            return (null, new PluginProblem(mistake.Message, mistake.Remedy));
        }
    }

    private static (string Message, string Remedy)? Mistake(Type stage, Type options)
    {
        if (!StageConstruction.TakesServices(stage))
        {
            return StageConstruction.Mistake(stage, options, _ => false);
        }

        if (StageConstruction.ServicesOf(stage) is { } registration
            && (!registration.IsAssignableTo(typeof(IStageServices)) || registration.GetConstructor([]) is null))
        {
            return (
                $"{registration.FullName}, which [Stage] of {stage.FullName} names, is not an IStageServices with a public constructor without parameters",
                "implement IStageServices");
        }

        using var services = StageContainers.Build(StageConstruction.ServicesOf(stage), NullLoggerFactory.Instance, TimeProvider.System, null);
        return StageConstruction.Mistake(stage, options, services.GetRequiredService<IServiceProviderIsService>().IsService);
    }
}
