using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Culvert.Engine.Configuration.Binding;
using Culvert.Engine.Diagnostics;
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
/// language and NSec come from the program. So a packet is the same type on both sides, and libsodium is loaded once. Not thread-safe.
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
    private readonly AssemblyLoadContext _context;

    public LoadedPlugin(PluginInspection found)
    {
        _path = found.Folder.AssemblyPath;
        // Not by PluginLoader: it looks for more folders in the runtimeconfig.json of plugin and program, and to read these loads the JSON
        // serializer and what that needs into every end. A plugin's folder holds all that it brings.
        var builder = new AssemblyLoadContextBuilder()
            .SetMainAssemblyPath(_path)
            .SetDefaultContext(AssemblyLoadContext.GetLoadContext(typeof(LoadedPlugin).Assembly)!)
            .IsLazyLoaded(true);
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

    public bool TryGet(StageHeader stage, [NotNullWhen(true)] out StageType? type, [NotNullWhen(false)] out PluginProblem? problem)
    {
        problem = null;
        if (_types.TryGetValue(stage.ClassName, out type))
        {
            return true;
        }

        try
        {
            type = Describe(_context.LoadFromAssemblyPath(_path).GetType(stage.ClassName, throwOnError: true)!, out problem);
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

    private static string ProgramPath(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");

    private static StageType? Describe(Type stage, out PluginProblem? problem)
    {
        problem = null;
        var definition = stage.GetInterfaces()
            .First(candidate => candidate.IsGenericType && candidate.GetGenericTypeDefinition() == typeof(IStageDefinition<>));
        if (!typeof(IPacketStage).IsAssignableFrom(stage))
        {
            problem = new PluginProblem($"{stage.FullName} implements IStageDefinition<> but not IPacketStage", "implement both");
            return null;
        }

        try
        {
            var type = typeof(StageType<,>).MakeGenericType(stage, definition.GenericTypeArguments[0]);
            var described = (StageType)Activator.CreateInstance(type)!;
            problem = Mistake(stage, described.OptionsType) is var (message, remedy) ? new PluginProblem(message, remedy) : null;
            return problem is null ? described : null;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is OptionSchemaException mistake)
        {
            problem = new PluginProblem(mistake.Message, mistake.Remedy);
            return null;
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
