using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Culvert.Filtering;
using Culvert.Stages;
using Culvert.Wire;

namespace Culvert.Engine.Plugins;

/// <summary>The types and members of this program's contract assemblies, read from their metadata once.</summary>
internal sealed class ContractSurface
{
    private static readonly Assembly[] Contract = [typeof(IPacketStage).Assembly, typeof(IpView).Assembly, typeof(PacketFilter).Assembly];
    private static readonly Lazy<ContractSurface> Own = new(() => new ContractSurface(Contract.Select(assembly => assembly.Location)));

    private readonly Dictionary<string, HashSet<string>> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _bases = new(StringComparer.Ordinal);

    private ContractSurface(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            Read(path);
        }
    }

    /// <summary>The assemblies that plugins compile against.</summary>
    public static IReadOnlyList<Assembly> Assemblies => Contract;

    /// <summary>This program's.</summary>
    public static ContractSurface Instance => Own.Value;

    /// <summary>True for a type of the contract.</summary>
    public bool HasType(string type) => _members.ContainsKey(type);

    /// <summary>Whether a type or one of its bases has a member; a base outside the contract is taken to have it.</summary>
    /// <param name="type">A full name.</param>
    /// <param name="member">Its name, a space, its signature.</param>
    public bool HasMember(string type, string member)
    {
        for (var at = type; at is not null; at = _bases.GetValueOrDefault(at))
        {
            if (!_members.TryGetValue(at, out var members))
            {
                return at != "System.Object" && at != "System.ValueType";
            }

            if (members.Contains(member))
            {
                return true;
            }
        }

        return false;
    }

    private void Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var file = new PEReader(stream);
        var reader = file.GetMetadataReader();
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            var name = StageMetadata.FullName(reader, type);
            _members[name] = [.. Members(reader, type)];
            if (BaseOf(reader, type) is { } parent)
            {
                _bases[name] = parent;
            }
        }
    }

    private static IEnumerable<string> Members(MetadataReader reader, TypeDefinition type)
    {
        foreach (var handle in type.GetMethods())
        {
            var method = reader.GetMethodDefinition(handle);
            yield return $"{reader.GetString(method.Name)} {SignatureText.Of(method.DecodeSignature(SignatureText.Instance, null))}";
        }

        foreach (var handle in type.GetFields())
        {
            var field = reader.GetFieldDefinition(handle);
            yield return $"{reader.GetString(field.Name)} {field.DecodeSignature(SignatureText.Instance, null)}";
        }
    }

    private static string? BaseOf(MetadataReader reader, TypeDefinition type) => type.BaseType.Kind switch
    {
        _ when type.BaseType.IsNil => null,
        HandleKind.TypeDefinition => StageMetadata.FullName(reader, reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType)),
        HandleKind.TypeReference => SignatureText.Instance.GetTypeFromReference(reader, (TypeReferenceHandle)type.BaseType, 0),
        _ => "a generic base",
    };
}
