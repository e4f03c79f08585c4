using System.Reflection;
using System.Reflection.Metadata;
using Culvert.Filtering;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Engine.Plugins;

/// <summary>
/// The types and members of this program's contract assemblies, looked up in the metadata that the runtime has in memory. Signatures become text
/// only for members of a name that is asked for. Thread-safe.
/// </summary>
internal sealed unsafe class ContractSurface
{
    private static readonly Assembly[] Contract = [typeof(IPacketStage).Assembly, typeof(IpView).Assembly, typeof(PacketFilter).Assembly];

    // Needed while plugins are read: what a running pipeline does not use is not kept for it.
    private static readonly WeakReference<ContractSurface?> Last = new(null);

    private readonly Dictionary<string, Place> _types = new(StringComparer.Ordinal);

    private ContractSurface()
    {
        foreach (var assembly in Contract)
        {
            // Of an assembly that was loaded from a file there always is.
            _ = assembly.TryGetRawMetadata(out var metadata, out var length);
            var reader = new MetadataReader(metadata, length);
            foreach (var handle in reader.TypeDefinitions)
            {
                _types[StageMetadata.FullName(reader, reader.GetTypeDefinition(handle))] = new Place(reader, handle);
            }
        }
    }

    /// <summary>The assemblies that plugins compile against.</summary>
    public static IReadOnlyList<Assembly> Assemblies => Contract;

    /// <summary>This program's.</summary>
    public static ContractSurface Instance
    {
        get
        {
            if (!Last.TryGetTarget(out var surface))
            {
                surface = new ContractSurface();
                Last.SetTarget(surface);
            }

            return surface;
        }
    }

    /// <summary>True for a type of the contract.</summary>
    public bool HasType(string type) => _types.ContainsKey(type);

    /// <summary>Whether a type or one of its bases has a member; a base outside the contract is taken to have it.</summary>
    /// <param name="type">A full name.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="signature">Its signature, as <see cref="SignatureText"/> writes it.</param>
    public bool HasMember(string type, string name, string signature)
    {
        for (var at = type; at is not null; at = BaseOf(_types[at]))
        {
            if (!_types.TryGetValue(at, out var place))
            {
                return at != "System.Object" && at != "System.ValueType";
            }

            if (Has(place.Reader, place.Reader.GetTypeDefinition(place.Type), name, signature))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(MetadataReader reader, TypeDefinition type, string name, string signature)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(handle);
            if (reader.StringComparer.Equals(method.Name, name)
                && SignatureText.Of(method.DecodeSignature(SignatureText.Instance, null)) == signature)
            {
                return true;
            }
        }

        foreach (var handle in type.GetFields())
        {
            var field = reader.GetFieldDefinition(handle);
            if (reader.StringComparer.Equals(field.Name, name) && field.DecodeSignature(SignatureText.Instance, null) == signature)
            {
                return true;
            }
        }

        return false;
    }

    private static string? BaseOf(Place place)
    {
        var (reader, handle) = (place.Reader, place.Reader.GetTypeDefinition(place.Type).BaseType);
        return handle.Kind switch
        {
            _ when handle.IsNil => null,
            HandleKind.TypeDefinition => StageMetadata.FullName(reader, reader.GetTypeDefinition((TypeDefinitionHandle)handle)),
            HandleKind.TypeReference => SignatureText.Instance.GetTypeFromReference(reader, (TypeReferenceHandle)handle, 0),
            _ => "a generic base",
        };
    }

    private sealed record Place(MetadataReader Reader, TypeDefinitionHandle Type);
}
