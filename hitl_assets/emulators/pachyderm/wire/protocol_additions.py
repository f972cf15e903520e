"""What came to pachd's protocol after the client's 7.1.2: fields, messages and calls, as 2.12 has them.

Left out: what the emulator doesn't answer, and metadata and authors, which it doesn't keep.
"""

# By message: `[repeated] type name = number`.
FIELDS: dict[str, tuple[str, ...]] = {
    "pfs_v2.Project": ("string name = 1",),
    "pfs_v2.Repo": ("pfs_v2.Project project = 3",),
    "pfs_v2.Commit": ("pfs_v2.Repo repo = 3",),
    # The client has a `direct_provenance` of branches, which pachd no longer sends; these are direct, too.
    "pfs_v2.CommitInfo": ("repeated pfs_v2.Commit upstream = 13", "repeated pfs_v2.Commit downstream = 15"),
    "pfs_v2.ProjectInfo": (
        "pfs_v2.Project project = 1",
        "string description = 2",
        "pfs_v2.RepoAuthInfo auth_info = 3",
        "google.protobuf.Timestamp created_at = 4",
    ),
    "pfs_v2.RepoPage": ("int32 order = 1", "int64 page_size = 2", "int64 page_index = 3"),
    "pfs_v2.PathRange": ("string lower = 1", "string upper = 2"),
    "pfs_v2.PropagationSpec": ("bool never = 1",),
    "pfs_v2.BranchPropagationSpec": (
        "pfs_v2.Branch branch = 1",
        "pfs_v2.PropagationSpec propagation_spec = 2",
    ),
    # The client's `cron_spec` is what pachd calls rate_limit_spec; this is what pachd calls cron_spec.
    "pfs_v2.Trigger": ("string schedule = 6",),
    "pfs_v2.ListRepoRequest": ("repeated pfs_v2.Project projects = 2", "pfs_v2.RepoPage page = 3"),
    "pfs_v2.ListCommitRequest": ("google.protobuf.Timestamp started_time = 8",),
    "pfs_v2.ListCommitSetRequest": ("pfs_v2.Project project = 1",),
    "pfs_v2.CreateBranchRequest": ("repeated pfs_v2.BranchPropagationSpec branch_propagation_specs = 6",),
    "pfs_v2.GetFileRequest": ("pfs_v2.PathRange path_range = 4",),
    "pfs_v2.GlobFileRequest": ("pfs_v2.PathRange path_range = 3",),
    "pfs_v2.ListFileRequest": ("pfs_v2.File marker = 3", "int64 number = 4", "bool reverse = 5"),
    "pfs_v2.WalkFileRequest": ("pfs_v2.File marker = 2", "int64 number = 3", "bool reverse = 4"),
    "pfs_v2.DeleteRepoResponse": ("bool deleted = 1",),
    "pfs_v2.DeleteReposRequest": ("repeated pfs_v2.Project projects = 1", "bool force = 2", "bool all = 3"),
    "pfs_v2.DeleteReposResponse": ("repeated pfs_v2.Repo repos = 1",),
    "pfs_v2.CommitRequest": ("pfs_v2.Commit commit = 1", "bool recursive = 2"),
    "pfs_v2.FindCommitsRequest": ("pfs_v2.Commit start = 1", "string file_path = 2", "uint32 limit = 3"),
    "pfs_v2.FindCommitsResponse": (
        "pfs_v2.Commit found_commit = 1",
        "pfs_v2.Commit last_searched_commit = 2",
        "uint32 commits_searched = 3",
    ),
    "pfs_v2.CreateProjectRequest": ("pfs_v2.Project project = 1", "string description = 2", "bool update = 3"),
    "pfs_v2.ProjectRequest": ("pfs_v2.Project project = 1", "bool force = 2"),
    "pfs_v2.InspectProjectV2Response": ("pfs_v2.ProjectInfo info = 1", "string defaults_json = 2"),
    "pfs_v2.ListProjectRequest": (),
    "admin_v2.InspectClusterRequest": (
        "versionpb_v2.Version client_version = 1",
        "pfs_v2.Project current_project = 2",
    ),
    "admin_v2.ClusterInfo": ("bool warnings_ok = 3", "repeated string warnings = 4"),
}

# By package: the packages of types that its files import now.
IMPORTS = {"admin_v2": ("pfs_v2", "versionpb_v2")}

# By service: `call(request) returns ([stream] response)`; a call that is there already takes the new messages.
CALLS: dict[str, tuple[str, ...]] = {
    "pfs_v2.API": (
        "DeleteRepo(pfs_v2.DeleteRepoRequest) returns (pfs_v2.DeleteRepoResponse)",
        "DeleteRepos(pfs_v2.DeleteReposRequest) returns (pfs_v2.DeleteReposResponse)",
        "SquashCommit(pfs_v2.CommitRequest) returns (google.protobuf.Empty)",
        "DropCommit(pfs_v2.CommitRequest) returns (google.protobuf.Empty)",
        "FindCommits(pfs_v2.FindCommitsRequest) returns (stream pfs_v2.FindCommitsResponse)",
        "CreateProject(pfs_v2.CreateProjectRequest) returns (google.protobuf.Empty)",
        "InspectProject(pfs_v2.ProjectRequest) returns (pfs_v2.ProjectInfo)",
        "InspectProjectV2(pfs_v2.ProjectRequest) returns (pfs_v2.InspectProjectV2Response)",
        "ListProject(pfs_v2.ListProjectRequest) returns (stream pfs_v2.ProjectInfo)",
        "DeleteProject(pfs_v2.ProjectRequest) returns (google.protobuf.Empty)",
    ),
    "admin_v2.API": ("InspectCluster(admin_v2.InspectClusterRequest) returns (admin_v2.ClusterInfo)",),
}
