"""The main job before the user's eyes: starts everything locally and performs it on the sandbox's company.

A door like the pages: it may use every room, and meets the sandbox over HTTP as any vendor.
"""
