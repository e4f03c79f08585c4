using System.Reflection.Metadata;

namespace Culvert.Engine.Plugins;

/// <summary>
/// Compares what a plugin uses of the contract with what this program's contract has: first the versions, then every type and member
/// that the plugin refers to. The runtime would find the same only when the code first runs, in the middle of a packet.
/// </summary>
internal static class ContractCheck
{
    private const string Remedy = "build the plugin against this program's Culvert.Framework";

    /// <summary>Checks a plugin.</summary>
    /// <returns>Null when it fits, or does not use the contract at all.</returns>
    public static PluginProblem? Check(MetadataReader plugin)
    {
        foreach (var handle in plugin.AssemblyReferences)
        {
            var reference = plugin.GetAssemblyReference(handle);
            var name = plugin.GetString(reference.Name);
            if (ContractSurface.Assemblies.Select(assembly => assembly.GetName()).FirstOrDefault(own => own.Name == name) is { Version: { } own }
                && (CheckVersion(reference.Version, own) ?? CheckMembers(plugin, handle, reference.Version, own)) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static PluginProblem? CheckVersion(Version wanted, Version own) =>
        wanted.Major != own.Major || wanted > own
            ? new PluginProblem($"it was built against version {Short(wanted)} of the contract, but this program has {Short(own)}", Remedy)
            : null;

    private static PluginProblem? CheckMembers(MetadataReader plugin, AssemblyReferenceHandle contract, Version wanted, Version own)
    {
        var surface = ContractSurface.Instance;
        string[] missing =
        [
            .. plugin.TypeReferences.Where(handle => IsOf(plugin, handle, contract))
                .Select(handle => SignatureText.Instance.GetTypeFromReference(plugin, handle, 0)).Where(type => !surface.HasType(type)),
            .. MissingMembers(plugin, contract, surface),
        ];
        if (missing.Length == 0)
        {
            return null;
        }

        var more = missing.Length == 1 ? "" : $" and {missing.Length - 1} more";
        return new PluginProblem(
            $"it was built against version {Short(wanted)} of the contract and uses {missing[0]}{more}, which this program's version {Short(own)} does not have",
            Remedy);
    }

    private static IEnumerable<string> MissingMembers(MetadataReader plugin, AssemblyReferenceHandle contract, ContractSurface surface)
    {
        foreach (var handle in plugin.MemberReferences)
        {
            var member = plugin.GetMemberReference(handle);
            if (ContractType(plugin, member.Parent, contract) is not { } type || !surface.HasType(type))
            {
                continue;
            }

            var name = plugin.GetString(member.Name);
            var signature = member.GetKind() == MemberReferenceKind.Method
                ? SignatureText.Of(member.DecodeMethodSignature(SignatureText.Instance, null))
                : member.DecodeFieldSignature(SignatureText.Instance, null);
            if (!surface.HasMember(type, name, signature))
            {
                yield return $"{type}.{name}";
            }
        }
    }

    // The full name of the contract's type that a member belongs to; null when it belongs to another assembly's.
    private static string? ContractType(MetadataReader plugin, EntityHandle parent, AssemblyReferenceHandle contract)
    {
        if (parent.Kind == HandleKind.TypeSpecification)
        {
            var signature = plugin.GetBlobReader(plugin.GetTypeSpecification((TypeSpecificationHandle)parent).Signature);
            if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            {
                return null;
            }

            _ = signature.ReadCompressedInteger();
            parent = signature.ReadTypeHandle();
        }

        return parent.Kind == HandleKind.TypeReference && IsOf(plugin, (TypeReferenceHandle)parent, contract)
            ? SignatureText.Instance.GetTypeFromReference(plugin, (TypeReferenceHandle)parent, 0)
            : null;
    }

    private static bool IsOf(MetadataReader plugin, TypeReferenceHandle handle, AssemblyReferenceHandle contract)
    {
        var scope = plugin.GetTypeReference(handle).ResolutionScope;
        return scope.Kind == HandleKind.TypeReference
            ? IsOf(plugin, (TypeReferenceHandle)scope, contract)
            : scope.Kind == HandleKind.AssemblyReference && (AssemblyReferenceHandle)scope == contract;
    }

    private static string Short(Version version) => version.ToString(version.Build > 0 || version.Revision > 0 ? 4 : 2);
}
